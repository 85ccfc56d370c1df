"""What a client may ask. Services write rows; managers act on them."""
