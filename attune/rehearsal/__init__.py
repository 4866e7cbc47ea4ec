"""A throw-away room with simulated people, to try a programme or to learn Attune in a minute.

`command` starts it and cleans up, `house` is the server it starts, `pages` the one page that only
such a server has, `people` who comes. The tests and the benchmark bring the same people.
"""
