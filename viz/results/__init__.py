"""Results: the folder of a sweep as pictures to choose, filter and click into."""
