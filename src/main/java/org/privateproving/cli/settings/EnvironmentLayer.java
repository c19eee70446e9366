package org.privateproving.cli.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.privateproving.domain.InvalidSetting;

/** The settings that environment variables make. */
final class EnvironmentLayer {
  /** Read by the launcher, by --config and by native code; they are no settings. */
  private static final Set<String> RESERVED =
      Set.of(
          "PRIVATE_PROVING_CONFIG",
          "PRIVATE_PROVING_JAVA_OPTS",
          "PRIVATE_PROVING_JDK_FOLDERS",
          "PRIVATE_PROVING_GPU_SERVER",
          "PRIVATE_PROVING_GUEST_TARGET",
          "PRIVATE_PROVING_HOME",
          "PRIVATE_PROVING_KEY_CACHE",
          "PRIVATE_PROVING_SANDBOX");

  /**
   * Kubernetes puts variables of these names into every container for a Service called
   * private-proving or private-proving-something, unless enableServiceLinks is off.
   */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "PRIVATE_PROVING_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?"
              + "|PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

  private EnvironmentLayer() {}

  /**
   * @throws InvalidSetting for a variable that has our prefix and names no setting
   */
  static Config read(Map<String, String> environment, KnownSettings known) {
    Map<String, ConfigValue> values = new TreeMap<>();
    environment.forEach(
        (variable, text) -> {
          if (!variable.startsWith(KnownSettings.ENVIRONMENT_PREFIX)
              || RESERVED.contains(variable)
              || isServiceLink(variable, text, environment, known)) {
            return;
          }
          String key =
              known
                  .keyOfVariable(variable)
                  .orElseThrow(
                      () ->
                          new InvalidSetting(
                              variable,
                              "no such setting (did you mean "
                                  + NearestName.of(variable, known.variables())
                                  + "?)"));
          values.put(key, TextValue.of(text, known.kind(key), variable));
        });
    return ConfigFactory.parseMap(values, "environment");
  }

  private static boolean isServiceLink(
      String variable, String text, Map<String, String> environment, KnownSettings known) {
    return environment.containsKey("KUBERNETES_SERVICE_HOST")
        && SERVICE_LINK.matcher(variable).matches()
        && (known.keyOfVariable(variable).isEmpty() || text.matches("(tcp|udp|sctp)://.*"));
  }
}
