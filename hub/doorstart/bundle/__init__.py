"""The stick: updates carried to a site that has no network, signed by several people, holding only what the site lacks.

::

    STICK/oci-layout, index.json       an OCI image layout: which images, by name
    STICK/blobs/sha256/…               configurations, manifests, layers, and courses, each named by its digest
    STICK/contents.json                what the bundle is, for people and for the import
    STICK/metadata/                    who signed it, until when it counts, what it replaces: The Update Framework (TUF)

Made on a connected machine by :mod:`create`; on the site :mod:`verify` proves it and :mod:`bring_in` imports it. What
the site keeps of it is in :mod:`store`. Which image runs is not decided here: an imported image is known, no more.
"""
