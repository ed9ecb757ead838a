"""Who is who, who may see what, and how often."""
