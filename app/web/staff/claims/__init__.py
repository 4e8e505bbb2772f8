"""What people claim, at the desk: posts and projects, wishes, campaigns, figures (T3–T7)."""

from app.web.staff.claims import campaigns, figures, judging, links, posts, wish_steps, wishes

PAGES = (campaigns, figures, judging, links, posts, wish_steps, wishes)
