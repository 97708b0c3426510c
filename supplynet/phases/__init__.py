"""The phases of a period, one file each: draw, receive, book, order, purchase, produce, ship, settle."""
