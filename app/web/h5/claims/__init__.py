"""What members claim on the phone: posts and projects, and wishes (T3, T5, T6, C6)."""

from app.web.h5.claims import linking, mine, posts, wish_steps, wishes

PAGES = (posts, mine, wishes, wish_steps, linking)
