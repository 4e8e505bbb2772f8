"""Phone pages for volunteers and leaders."""
