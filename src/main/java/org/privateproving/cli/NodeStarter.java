package org.privateproving.cli;

import com.typesafe.config.Config;
import org.privateproving.domain.InvalidSetting;

/** Puts a node together and starts it. */
@FunctionalInterface
interface NodeStarter {
  /**
   * Returns when the node is ready, or as soon as it is clear that it will be: an engine may still
   * be starting, and reports to {@code progress}.
   *
   * @param config as {@link NodeConfig} makes it
   * @throws InvalidSetting for a value that makes no sense
   * @throws CannotStart for what the machine lacks; nothing is left running
   */
  RunningNode start(Roles roles, Config config, ProgressLine progress) throws InterruptedException;
}
