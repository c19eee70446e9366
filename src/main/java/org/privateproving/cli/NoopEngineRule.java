package org.privateproving.cli;

import com.typesafe.config.Config;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.privateproving.domain.InvalidSetting;
import org.privateproving.fulfiller.FulfillerSettings;
import org.privateproving.network.upstream.UpstreamSettings;
import org.privateproving.sp1.EngineKind;

/**
 * Keeps a noop engine, whose proofs prove nothing, away from networks that take proofs for money: a
 * stand-in on this machine is all that it may be put behind.
 */
final class NoopEngineRule {
  private static final String RPC_URL = "private-proving.network.rpc-url";

  private NoopEngineRule() {}

  /**
   * @throws InvalidSetting if these settings name a network on another machine
   */
  static void check(FulfillerSettings fulfiller, Config config) {
    if (fulfiller.engine() == EngineKind.NOOP
        && UpstreamSettings.isConfigured(config)
        && !isOnThisMachine(config.getString(RPC_URL).strip())) {
      throw new InvalidSetting(
          "private-proving.fulfiller.engine",
          "noop, which proves nothing, in front of another machine's network (expected: cpu or cuda,"
              + " or no network)");
    }
  }

  private static boolean isOnThisMachine(String url) {
    try {
      String host = URI.create(url).getHost();
      return host != null && InetAddress.getByName(host).isLoopbackAddress();
    } catch (IllegalArgumentException | UnknownHostException e) {
      return false;
    }
  }
}
