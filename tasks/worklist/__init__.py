"""
What people do with their work: who may see and do what, lists, answering, assigning, standing in for one another.

The pages, the JSON API and the command use these functions and no others.
"""
