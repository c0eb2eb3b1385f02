"""The sandbox: a service that starts one throw-away, network-less container for each kernel of an instructor's server.

``app`` is its HTTP interface, ``kernels`` decides what runs and for how long, ``confinement`` says what a kernel's
container may do, ``engine`` is the only module that talks to Docker, ``unpack`` takes the working folder in.
"""
