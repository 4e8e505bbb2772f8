"""The desk's pages of registers: duties, reporting-in, the four lists, zones."""
