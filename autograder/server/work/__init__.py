"""What goes on by itself while a server runs: gradings, the line before them, who is told."""
