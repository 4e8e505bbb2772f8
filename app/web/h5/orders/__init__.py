"""Orders on the phone: what I ask for, what is given to me, calls from the field (P12, T8, T13)."""

from app.web.h5.orders import asking, calls, dispatching, reviews, tasks

PAGES = (asking, calls, dispatching, tasks, reviews)
