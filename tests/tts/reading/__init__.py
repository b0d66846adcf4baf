"""Each front end by itself, beside the tests of the door to them."""
