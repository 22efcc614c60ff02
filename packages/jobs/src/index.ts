export { defineJobs, type Handler, type Handlers, type JobRun, type RecurringJob, type SingleJob } from './define-jobs.ts';
export { enqueue, type EnqueueOptions } from './enqueue.ts';
export { createJobRunner, type JobLog, type JobRunner, type JobRunnerOptions, type RunListener } from './job-runner.ts';
export { countJobs, discardDeadJobs, listJobs, retryDeadJobs, type JobCounts, type JobView } from './manage-jobs.ts';
