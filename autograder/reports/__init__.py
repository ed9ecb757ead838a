"""Pages of what was graded, for whoever looks at them in a browser or prints them.

A page is one file that asks for nothing: no script, no other file, no network. Python finds the
numbers and where they stand (entry.py, classpage.py, curves.py, frontier.py), templates/ has the
words and the looks. It runs in the process that was started.
"""
