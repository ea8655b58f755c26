"""Downloads and deletions in their own threads, without the UI.

The states of a download are in ``downloads``. A delete is QUEUED, DELETING, WAITING, and then DONE, FAILED or
CANCELLED, which are all set under the gate of its plan.

Locks are taken from left to right, never the other way::

    DownloadQueue._lock                          → DownloadJob._lock
    ConnectionLimiter, StreamHasher              → DownloadJob._lock
    DownloadJob._ended, of the predecessor       → DownloadJob._lock
    PartWriter._noting                           → PartWriter._lock, Database._lock, DownloadJob._lock
    DeletionQueue._lock, DeleteWorker._lock      → Gate.lock → DeletePacer._lock
    EngineContext._making                        → EngineContext._lock

All others are leaves: while they are held, nothing is called but the clock. ChangeNotifier's own lock is taken last of
all. The file lock of SharedPace is only tried, never waited for. Cancel scopes are closed, waiting threads are woken
and listeners are called outside every lock. The store is made under ``_making`` alone, because that may block; closing
never takes it.

Nothing polls: a thread waits on a condition or an event, which every change notifies. Stopping a download notifies the
condition that its thread waits on (``DownloadJob.wait_on``).
"""
