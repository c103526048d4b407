"""Appraisal (资产评估): the three methods as calculators, the GB/T 42748 scorecard, and the register of reports."""
