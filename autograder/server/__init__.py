"""The class server: boards, pages and uploads; it runs in the process that was started.

No torch is loaded here. What trains is the queue's engine (fleet/), in processes of its own.
"""
