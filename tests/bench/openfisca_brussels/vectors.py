"""What several formulas need, over whole arrays."""

import numpy


def one_of(array, names):
    """Whether each code of an enumeration's array is one of these names."""
    possible_values = array.possible_values
    wanted = numpy.zeros(len(possible_values), dtype=bool)
    wanted[[possible_values[name].index for name in names]] = True
    return wanted[array.view(numpy.ndarray)]


def full_years(since, until):
    """Birthdays reached between two arrays of days; one of 29 February is reached on 1 March in common years."""
    since_month = since.astype("datetime64[M]")
    until_month = until.astype("datetime64[M]")
    is_month_incomplete = (until - until_month) < (since - since_month)
    months = (until_month - since_month).astype(numpy.int32) - is_month_incomplete
    return months // 12


def add_months(days, months):
    """The days so many months later; a day that the month lacks becomes its last day."""
    month = days.astype("datetime64[M]")
    target = month + months
    last_of_target = (target + 1).astype("datetime64[D]") - 1
    return numpy.minimum(target.astype("datetime64[D]") + (days - month), last_of_target)
