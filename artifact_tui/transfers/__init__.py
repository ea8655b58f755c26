"""Downloads and deletes in their own threads, without the UI.

The states of a download are in ``downloads``; a delete is QUEUED, DELETING, WAITING, and then DONE, FAILED or
CANCELLED, which all are set under the gate of its plan.

Locks are taken from left to right, never the other way::

    DownloadQueue._lock                          → DownloadJob._lock
    ConnectionLimiter, StreamHasher              → DownloadJob._lock
    DownloadJob._ended, of the job before        → DownloadJob._lock
    PartWriter._noting                           → PartWriter._lock, Database._lock, DownloadJob._lock
    DeletionQueue._lock, DeleteWorker._lock      → Gate.lock → DeletePacer._lock
    EngineContext._making                        → EngineContext._lock

All others are leaves: nothing is called while they are held but the clock, and ChangeNotifier's own lock is taken last
of all. Cancel scopes are closed, waiting threads are woken and listeners are called outside every lock. The storage is
made under ``_making`` alone, because that may block: closing never takes it.

Nothing is looked at every now and then: a thread waits on a condition or an event that the one who changes something
notifies. Stopping a download notifies the condition that its thread waits on (``DownloadJob.wait_on``).
"""
