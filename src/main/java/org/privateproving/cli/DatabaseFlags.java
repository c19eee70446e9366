package org.privateproving.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where state is kept. The password has no flag: a command line is everybody's to read. */
public final class DatabaseFlags implements FlagGroup {
  @Option(
      names = "--database-url",
      paramLabel = "JDBC-URL",
      description = "A PostgreSQL; none: one is started inside the data folder.")
  @Nullable String url;

  @Override
  public void putInto(Map<String, Object> settings) {
    FlagGroup.put(settings, "private-proving.database.url", url);
  }
}
