"""Explore, download and delete GitHub Actions artifacts from the terminal.

The map of the package, from the top layer to the bottom; a layer imports only from those below::

    __main__        python -m artifact_tui
    cli/            main (screen or command), launch (full screen), doctor, check_settings, target (host, repository),
                    backends (GitHub or demo), parser, standard_streams, help_topics (texts of `help TOPIC`),
                    first_frame (stored by an earlier start, shown while the program loads)
      line/         commands without a screen: auth, verify
    app app.tcss    ArtifactApp: owns the session, routes between screens, handles global keys; layout and colors
    screens/        session, list_screen, artifact_columns, background (workers of a screen), account and sign_in,
                    engine_events (engine to UI), resume (unfinished work), start_frame, history, repositories, runs,
                    help, palette
      artifacts/    list, marks, policies           contents/   files of an artifact, preview, find, compare, save
      download/     from `d` to the engine          deletion/   review, confirmation, dry run, progress, report
      transfers/    list and details of transfers   dialogs/    questions that rooms share
      storage/      what uses the storage of a repository, by group
    widgets/        row_table (only visible rows), detail_pane, filter_bar, status_bar, title_bar, menu
    themes          dark and light
    terminal/       what Textual leaves to us over SSH: driver, key_parser, signals, crash, restore, ascii_fallback
      output/       sends only what changed: renderer, frame_diff, encoder, flow_control, writer
    keymap          every key: ID, keys, action, help, label in the key line; presets
    transfers/      engine (opens the stores, owns the queues, closes), context, notifier, models, errors
      downloads/    queue, worker_pool, job (states), fetch and parallel_fetch, part_file, finalize, journal
      deletions/    queue, worker, plan_run (a confirmed plan and its grace), pacer, recorder, audit_log, journal
      receipts/     what was downloaded, verify      disk/       atomic_rename, free_space, safe_names, database
    github/         provider (lists), artifact_store (for threads), artifact_download, sign_in, hosts, rate_limit
      http/         transport, exchange (rules of one request), requests (the only Authorization), errors, proxies
      tokens/       environment, gh, keyring, token file
    demo/           a simulated GitHub inside the program; also the server of the tests
    archive/        zip_directory, safe_path (checks names), unpack_plan, unpack, remote_zip, nested, tar, compressed
    preview/        kinds (register a viewer here), log, highlight, json_document, markdown, csv_table, image, diff
      reports/      junit, trx, sarif, lcov, cobertura
    storage/        quota (estimates), families (of names), breakdown (sums by group), growth
    cache/          list_cache: the last lists, by token
    config/         settings (config.toml), paths (and state.json), explain (invalid settings), keymap_rules
    retry           which failures are retried, and after how long
    domain/         values and rules without I/O: models, provider (protocols, error tree), artifact_filter, run_filter,
                    policies, protection, list_extent (complete or not), run_wait (when to poll)
    clock, log_file (requests), errors (for the user), redaction (no secrets in output), text (printable, sizes)
    daemon_thread (blocking calls beside an event loop)
    exact_json, fsync, regular_file: strict reading and writing of the program's files
"""

__version__ = "0.3.0"
