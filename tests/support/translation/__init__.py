"""The matrix of translation: what an app can ask of whom, tried for every pair of dialects.

- ``asked``: each feature as an app asks for it, in the words of its API
- ``arrived``: the same as its provider must get it, in the words of that API
- ``answered``: what each provider answers, and how each app must read it
- ``matrix``: every cell tried, and the document they make
"""
