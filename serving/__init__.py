"""The real-time recommendation service: an ASGI app, its Lambda handlers and its page."""
