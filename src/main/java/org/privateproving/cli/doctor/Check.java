package org.privateproving.cli.doctor;

import com.typesafe.config.Config;

/** One look at one thing. */
@FunctionalInterface
interface Check {
  /**
   * @param config the whole configuration, which decides what is needed
   */
  Finding look(Config config);
}
