"""Appraisal over HTTP. Modules are read in the order of their names: fixed addresses come before reports by id."""
