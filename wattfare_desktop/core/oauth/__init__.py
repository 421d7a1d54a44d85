"""The rules of an OAuth authorization server, without a server: pure values and judgements.

- ``errors``: the standards' error codes, and the two ways a request is refused
- ``clients``: who asks, and where an answer may be sent
- ``document_urls``, ``client_documents``: clients that publish who they are, and where that may be
- ``requests``: an authorization request, read from a URI or a query
- ``registration``: clients that register themselves
- ``device``: programs without a browser, and the codes their users type
- ``pushed``: how a request is referred to that was pushed beforehand
- ``details``: what it asks to spend, and what was granted, as RFC 9396 JSON
- ``grants``: the same as values; which models a grant covers
- ``prompting``: whether the user is asked at all
- ``lifecycle``: every state of a grant and of a consent ticket, and every move between them
- ``tokens``: authorization codes and accesses
- ``refreshing``: refresh tokens, each good once
- ``redirects``: the answer, as the URI it travels in
- ``metadata``: what the server says about itself
- ``display``: an app's own words, made fit to be shown
"""
