"""The application: settings, wiring, the API, the worker, the command line, the pages."""
