"""The phases of a period, one file each, in the order of the day: receive, book, order, purchase, produce, ship, settle."""
