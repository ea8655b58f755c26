"""Downloads: queue, jobs, connections, part files, journal.

The states of a download, each an entry of :class:`artifact_tui.transfers.models.State`::

    QUEUED → CONNECTING                     the worker pool starts the job
    QUEUED → UNPACKING                      the same, for an archive to unpack only
    CONNECTING → DOWNLOADING                first response checked
    DOWNLOADING → CONNECTING                next address, or restart
    CONNECTING, DOWNLOADING → WAITING       passing error, back-off
    WAITING → CONNECTING                    the wait is over
    CONNECTING, DOWNLOADING → PARKED        a wait of more than 300 s
    CONNECTING, DOWNLOADING → VERIFYING     all bytes received
    VERIFYING → CONNECTING                  first mismatch: download again
    VERIFYING → UNPACKING → DONE            zip to extract
    VERIFYING → DONE                        kept packed, or a raw file
    CONNECTING → DONE                       an earlier program ended after the final rename
    PARKED → QUEUED                         the wait is over, or the user resumes: a successor job
    any unfinished → PAUSED, CANCELLED      user; sign-out or skip
    any unfinished → FAILED                 final error, second mismatch
    PAUSED, FAILED, CANCELLED → QUEUED      resume, retry: a successor job
    DONE (over limit) → QUEUED              unpack anyway: a successor job

Only the job's own thread makes the transitions up to DONE. ``DelayedJobs`` requeues a parked job, and the user's
thread the others; any thread may pause or cancel. ``DownloadJob.committed()`` covers the final rename: from then on,
stopping is refused. A successor begins when its predecessor's thread has ended, which may be long after it was stopped.
"""
