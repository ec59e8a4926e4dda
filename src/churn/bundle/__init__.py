"""The bundle: the folder that is tested, registered, served and scored. Nothing in it is ever unpickled.

`open` needs neither pandas nor scikit-learn, so that the server can use it; `pack` needs both.
"""
