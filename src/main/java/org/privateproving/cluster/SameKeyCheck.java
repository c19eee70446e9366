package org.privateproving.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import org.apache.pekko.cluster.ConfigValidation;
import org.apache.pekko.cluster.Invalid;
import org.apache.pekko.cluster.JoinConfigCompatChecker;
import org.apache.pekko.cluster.Valid;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Keeps a server out whose cluster key is another than the cluster's: it could open nothing that
 * the others store, nor they what it stores. Pekko makes this by the name in {@code
 * application.conf}, and asks it on both sides when a node joins.
 */
public final class SameKeyCheck extends JoinConfigCompatChecker {
  private static final String FINGERPRINT = "private-proving.artifacts.key-fingerprint";

  /** What the actor system of a server has to be told about its key. */
  public static Config config(String fingerprint) {
    return ConfigFactory.parseMap(Map.of(FINGERPRINT, fingerprint), "cluster.SameKeyCheck");
  }

  @Override
  public Seq<String> requiredKeys() {
    return CollectionConverters.asScala(List.of(FINGERPRINT)).toSeq();
  }

  /** Fulfillers have no key. */
  @Override
  public ConfigValidation check(Config toCheck, Config actual) {
    boolean both = toCheck.hasPath(FINGERPRINT) && actual.hasPath(FINGERPRINT);
    if (both && !toCheck.getString(FINGERPRINT).equals(actual.getString(FINGERPRINT))) {
      return new Invalid(
          CollectionConverters.asScala(List.of("the cluster key is another than the cluster's"))
              .toSeq());
    }
    return Valid.getInstance();
  }
}
