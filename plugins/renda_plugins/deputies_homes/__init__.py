"""代表之家和联络站: Deputies' homes and liaison stations."""
