"""The sealed ballot box (密封票箱): papers sealed on the voter's device, opened by trustees outside the database."""
