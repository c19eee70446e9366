package org.privateproving;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Dependencies point one way; what is private to a package stays there. */
@AnalyzeClasses(
    packages = "org.privateproving",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static String in(String part) {
    return "org.privateproving." + part + "..";
  }

  /** Everything of ours outside the named packages; what protobuf generates is nobody's. */
  private static DescribedPredicate<JavaClass> oursBut(String... parts) {
    String[] allowed = new String[parts.length + 1];
    for (int i = 0; i < parts.length; i++) {
      allowed[i] = in(parts[i]);
    }
    allowed[parts.length] = in("wire");
    return are(resideInAnyPackage("org.privateproving.."))
        .and(DescribedPredicate.not(resideInAnyPackage(allowed)));
  }

  private static ArchRule only(String part, String... mayUse) {
    String[] all = java.util.Arrays.copyOf(mayUse, mayUse.length + 1);
    all[mayUse.length] = part;
    return noClasses().that().resideInAPackage(in(part)).should().dependOnClassesThat(oursBut(all));
  }

  @ArchTest static final ArchRule DOMAIN_KNOWS_NOBODY = only("domain");

  @ArchTest static final ArchRule DATABASE_KNOWS_ONLY_WORDS = only("database", "domain");

  @ArchTest
  static final ArchRule ARTIFACTS_KNOW_THE_DATABASE = only("artifact", "domain", "database");

  @ArchTest
  static final ArchRule MEMBERSHIP_KNOWS_THE_DATABASE = only("cluster", "domain", "database");

  @ArchTest static final ArchRule SP1_KNOWS_NOBODY = only("sp1");

  @ArchTest static final ArchRule A_FULFILLER_NEEDS_ONLY_SP1 = only("fulfiller", "sp1", "domain");

  @ArchTest
  static final ArchRule THE_DISPATCHER_KNOWS_FULFILLERS =
      only("dispatch", "fulfiller", "sp1", "domain");

  @ArchTest
  static final ArchRule THE_NETWORK_KNOWS_NO_GATEWAY_AND_NO_FULFILLER =
      only("network", "artifact", "database", "domain");

  @ArchTest
  static final ArchRule REQUESTS_KNOW_WHOM_THEY_TALK_TO =
      only("request", "dispatch", "fulfiller", "sp1", "network", "artifact", "database", "domain");

  @ArchTest
  static final ArchRule THE_GATEWAY_KNOWS_NO_FULFILLER_AND_NO_TABLE =
      only("gateway", "request", "sp1", "network", "artifact", "domain");

  @ArchTest
  static final ArchRule A_BENCH_SPEAKS_TO_SERVERS_AS_A_CLIENT_DOES =
      only("bench", "network", "sp1", "database", "domain");

  @ArchTest
  static final ArchRule NOBODY_IMPORTS_THE_COMMAND_LINE =
      noClasses()
          .that()
          .resideOutsideOfPackage(in("cli"))
          .should()
          .dependOnClassesThat()
          .resideInAPackage(in("cli"));

  /** What others need of a network that others run is in its port. */
  @ArchTest
  static final ArchRule ONLY_THE_WIRING_KNOWS_WHAT_IS_UPSTREAM =
      noClasses()
          .that()
          .resideOutsideOfPackages(in("network.upstream"), in("cli"))
          .should()
          .dependOnClassesThat()
          .resideInAPackage(in("network.upstream"));

  @ArchTest
  static final ArchRule NATIVE_MEMORY_STAYS_IN_SP1 =
      noClasses()
          .that()
          .resideOutsideOfPackage(in("sp1"))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.lang.foreign..");

  @ArchTest
  static final ArchRule NO_CIRCLES =
      slices().matching("org.privateproving.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NAMES_SAY_THE_JOB =
      classes()
          .that()
          .resideOutsideOfPackage(in("wire"))
          .should()
          .haveSimpleNameNotContaining("Manager")
          .andShould()
          .haveSimpleNameNotContaining("Util")
          .andShould()
          .haveSimpleNameNotContaining("Helper");
}
