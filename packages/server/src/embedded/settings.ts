import { availableParallelism, totalmem } from 'node:os';

/** How a bundled server is run. `fsync: false` is for tests: a crash of the machine loses data. */
export type ServerOptions = { readonly fsync: boolean };

/** Settings of the bundled server, in proportion to the machine's memory, which it shares with Chartgate and others. */
export function serverSettings(options: ServerOptions, memory: number = totalmem()): Record<string, string> {
  const mb = memory / 2 ** 20;
  return {
    shared_buffers: `${Math.round(clamp(mb / 4, 64, 1024))}MB`,
    effective_cache_size: `${Math.round(Math.max(mb / 2, 128))}MB`,
    work_mem: `${Math.round(clamp(mb / 256, 8, 64))}MB`,
    maintenance_work_mem: `${Math.round(clamp(mb / 32, 64, 512))}MB`,
    max_connections: '100',
    max_wal_size: '4GB',
    min_wal_size: options.fsync ? '256MB' : '80MB',
    wal_compression: 'pglz',
    checkpoint_completion_target: '0.9',
    random_page_cost: '1.1',
    jit: 'off',
    deadlock_timeout: '200ms',
    // One patient's question is answered by one index; parallel workers would only take the cores from other requests.
    max_parallel_workers_per_gather: availableParallelism() > 4 ? '2' : '0',
    max_worker_processes: '8',
    autovacuum_vacuum_insert_scale_factor: '0.1',
    // After a large load the planner should soon know what there is.
    autovacuum_naptime: '15s',
    autovacuum_analyze_scale_factor: '0.05',
    ...(options.fsync ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
    // Statements and the details of errors hold patients' data: none of it goes to the log.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    log_timezone: 'UTC',
    timezone: 'UTC',
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
