"""What somebody with the database sees of a room, and what they can do with it."""
