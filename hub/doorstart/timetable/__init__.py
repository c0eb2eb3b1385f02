"""The timetable of classes: servers of a class are started before the bell, a few at a time.

* :mod:`.lessons` is the model: lessons of every week, days without, days with another lesson.
* :mod:`.spreadsheet` reads it from a file, and says what is wrong with each line.
* :mod:`.planning` decides which servers start now; it gets the time and knows no clock.
* :mod:`.bell` is the service beside the Hub that does it.
* :mod:`.store` keeps the timetable in the Hub's state.
"""
