"""Other programs' files: Flee folders in and out, and tables of UNHCR, IOM DTM and UCDP."""
