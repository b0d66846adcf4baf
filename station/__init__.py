"""What every room stands on: clock, people, places, database, files; it knows no room's words."""
