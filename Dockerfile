# The image of a node: the launcher and a JRE. Build it from a clean checkout: docker build -t sandpiper .
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN mvn -q -B -Pquick -Dmaven.test.skip=true package -pl verticles/launcher -am

FROM eclipse-temurin:25-jre
RUN useradd --system --uid 10001 sandpiper
# The jar's manifest names what it needs in lib beside it.
COPY --from=build /src/verticles/launcher/target/lib /opt/sandpiper/lib
COPY --from=build /src/verticles/launcher/target/sandpiper-launcher-*.jar /opt/sandpiper/sandpiper.jar
USER 10001
ENV SANDPIPER_HTTP_HOST=0.0.0.0 SANDPIPER_MANAGEMENT_HOST=0.0.0.0 SANDPIPER_CLUSTER_BUS_PORT=15701
EXPOSE 8080 9090 5701 15701
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "-jar", "/opt/sandpiper/sandpiper.jar"]
CMD ["node"]
