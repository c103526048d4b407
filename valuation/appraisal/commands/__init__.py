"""What can be done in appraisal: put a report on file, receive its document, keep a calculation, weigh and score, indicate."""
