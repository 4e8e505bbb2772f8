"""Small worlds for tests, one file per room. Points arrive by posting."""
