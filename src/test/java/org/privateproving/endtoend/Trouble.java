package org.privateproving.endtoend;

/** What happens to a cluster sooner or later. */
enum Trouble {
  KILL_A_SERVER,
  KILL_A_FULFILLER,
  /** Where the dispatcher is, and the shards' coordinator. */
  KILL_THE_OLDEST,
  PAUSE_A_NODE,
  CUT_THE_NETWORK,
  RESTART_POSTGRES,
  FILL_CONNECTIONS,
  FILL_THE_DISK,
  STOP_A_SERVER,
  STOP_A_FULFILLER,
  UPGRADE_ALL
}
