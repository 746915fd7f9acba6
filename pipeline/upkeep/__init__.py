"""Upkeep: what keeps a database trustworthy over the years, beside the batch.

    verify     archive against its hashes, database against archive, publications readable
    diff       what changed in the numbers between two publications
    forget     takes a person out of database, publications, run files and corrections, and out of later builds
"""
