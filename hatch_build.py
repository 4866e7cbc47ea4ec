"""Build the front end."""
