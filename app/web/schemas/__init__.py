"""What the doors take and give: one file per room, for JSON and forms alike."""
