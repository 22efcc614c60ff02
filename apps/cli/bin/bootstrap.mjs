// Service files that were installed before this file moved start Switchboard by this path.
import '../../../tooling/bootstrap.mjs';
