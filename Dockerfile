# The scheduledwf-server image: runs in place of conductor-server.
#   docker build -t scheduledwf-server .
#   docker run -p 8080:8080 -v scheduledwf:/data scheduledwf-server
# With a Conductor of your own: add  --conductor-url http://conductor:8080  to the command.
FROM python:3.11-slim AS build
COPY . /src
RUN FETCH_CONDUCTOR=1 /src/.ci/image /opt/scheduledwf

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home scheduledwf
COPY --from=build /opt/scheduledwf /opt/scheduledwf
ENV PATH=/opt/scheduledwf/bin:$PATH \
    SCHEDULEDWF_DATA_DIR=/data \
    SCHEDULEDWF_HOST=0.0.0.0 \
    SCHEDULEDWF_AUTH=keys \
    SCHEDULEDWF_CONDUCTOR_JARS=/opt/scheduledwf/share/conductor
USER scheduledwf
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --start-period=120s CMD ["scheduledwf", "health", "--live"]
ENTRYPOINT ["scheduledwf"]
CMD ["up"]
