"""
Staff's electronic calendars, as far as they say when somebody is there (DUTY-24).

`source` is the one interface; `feed`, `caldav` and `graph` are the three ways of reading behind it, `asking` chooses
between them and bounds how long one may take, and `steps` is what a procedure calls. `ical` reads iCalendar text and
drops all that is not about time before it reads anything; `fetching` makes the calls.
"""
