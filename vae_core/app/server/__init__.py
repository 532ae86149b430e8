"""The web server: the page, its calls, the socket, uploads and their limits."""
